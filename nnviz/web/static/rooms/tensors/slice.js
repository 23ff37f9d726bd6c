// A part of an array: an index for each axis, null where all of it is taken. Numbers lie row by row, as NumPy's do.
// A test gives the same arrays and indices to NumPy.

/** How many numbers further one more in each axis is. @param {number[]} shape */
export function strides(shape) {
  const found = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) found[axis] = found[axis + 1] * shape[axis + 1];
  return found;
}

/**
 * @param {ArrayLike<number>} values @param {number[]} shape @param {(number | null)[]} index
 * @returns {{shape: number[], places: number[]}} places: of the part's numbers in the array, row by row
 */
export function slice(values, shape, index) {
  const step = strides(shape), kept = shape.map((_, axis) => axis).filter((axis) => index[axis] === null);
  const first = index.reduce((/** @type {number} */ sum, at, axis) => sum + (at ?? 0) * step[axis], 0);
  let places = [first];
  for (const axis of kept) {
    places = places.flatMap((place) => Array.from({ length: shape[axis] }, (_, i) => place + i * step[axis]));
  }
  return { shape: kept.map((axis) => shape[axis]), places };
}

/**
 * How a part is laid out to be seen: its last two axes are rows and columns of a tile, the axes before them tiles side
 * by side (the last of them) and below each other (all others). A part of one axis is a row.
 * @param {number[]} shape
 * @returns {{height: number, width: number, tiles: [number, number], cells: (number | null)[]}} cells: the place in the
 *   part of each cell of the picture, null between two tiles; height and width of a tile
 */
export function layout(shape) {
  const [height, width] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1], across = shape.at(-3) ?? 1;
  const down = shape.slice(0, -3).reduce((a, b) => a * b, 1);
  const wide = across * (width + 1) - 1, high = down * (height + 1) - 1;
  const cells = Array.from({ length: wide * high }, (_, at) => {
    const x = at % wide, y = Math.floor(at / wide), row = y % (height + 1), column = x % (width + 1);
    if (row === height || column === width) return null;
    const tile = Math.floor(y / (height + 1)) * across + Math.floor(x / (width + 1));
    return (tile * height + row) * width + column;
  });
  return { height, width, tiles: [down, across], cells };
}

/** The index of a place in an array of a shape. @param {number} place @param {number[]} shape */
export function indexOf(place, shape) {
  const step = strides(shape);
  return shape.map((size, axis) => Math.floor(place / step[axis]) % size);
}
