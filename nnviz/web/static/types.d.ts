// What the server and Streamlit hand to the pages' scripts, as tsc checks it. Nothing of this reaches a browser.

/** A field of a spec's part, as nnviz/web/schema_script.py writes it. `null`: it may be left open. */
interface SchemaField {
  default: any;
  least?: number;
  most?: number;
  words?: string[];
  null?: boolean;
}

/** A kind of layer: the rules of its shapes, as nnviz/layers/base.py says, and its words. */
interface SchemaLayer {
  label: string;
  about: string;
  name: string;
  numbered: boolean;
  derived: boolean;
  own: boolean;
  takes: "any" | "numbers" | "picture" | "rows";
  gives: "same" | "flat" | "rows" | "size" | "windows" | "states";
  size: string;
  window: string;
  gates: number;
  arrays: string[];
  fields: Record<string, SchemaField>;
  activation: string | null;
}

/** A layer of a spec, by its kind (nnviz/layers). */
interface Layer {
  kind: string;
  [field: string]: any;
}

/** A spec as JSON has it: what the scripts read of it, and whatever else its job has. */
interface Spec {
  data: { name: string; inputs: string[]; classes: number; [field: string]: any };
  model: { family: string; layers: Layer[]; regularizer?: { name: string; rate: number }; [field: string]: any };
  training: { optimizer: { name: string; learning_rate: number; [field: string]: any }; [field: string]: any };
  seed: number;
  [field: string]: any;
}

type Numbers = Float32Array | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

/** An array of a frame. */
interface Tensor {
  data: Numbers;
  shape: number[];
}

/** A frame of nnviz/events.py, decoded; `serial` numbers what this page has received. */
interface Frame {
  run: string;
  view: string;
  step: number;
  epoch: number;
  meta: any;
  arrays: Record<string, Tensor>;
  serial?: number;
}

/** Columns of metrics, one entry for each row. */
type Columns = Record<string, (number | null)[]>;

/** One row of metrics. */
type Row = Record<string, number | null>;

/** An event or an answer of the server: `event` names it (nnviz/events.py, nnviz/web/messages.py). */
interface ServerMessage {
  event: string;
  [field: string]: any;
}

/** A run as a page follows it (kit/run.js). */
interface Run {
  ended?: string; // why, in words, where it has come to a good end
  /** null until the server has answered */
  id: string | null;
  mine: boolean;
  status: string;
  /** of the setting that it was asked for, or found, under */
  revision?: number;
  spec?: Spec;
  /** rates that were changed under way */
  live: Record<string, number>;
  /** asked for and not answered yet; commands for when it is; the run that goes on in this one */
  pending?: boolean;
  waiting?: object[];
  before?: Run | null;
  /** in the queue, and why it waits there */
  place?: number | null;
  reason?: string;
  /** the machine of a cluster that it is on */
  node?: string | null;
  result?: any;
}

/** The run before: `change` says what differs in the one that trains now. */
interface Before {
  run: string;
  label: string;
  change?: string;
  pinned?: boolean;
  history?: Columns;
  tested?: any;
  frames?: Record<string, Frame>;
}

/** What is wrong with a run (nnviz/diagnosis.py), and the changes of the setting that may mend it. */
interface Diagnosis {
  id: string;
  words: string;
  label: string;
  remedy: Record<string, any>;
}

type RGB = number[];

/** A page's colours, as kit/theme.js reads them; `size` and `key` also tell how large type is. */
interface Theme {
  dark: boolean;
  background: RGB;
  text: RGB;
  neutral: RGB;
  classes: RGB[];
  negative: RGB;
  positive: RGB;
  accent: RGB;
  font: string;
  grid: string;
  faint: string;
  key: string;
  size: number;
  lut: Uint8Array;
  signs: Uint8Array;
}

/** What Streamlit calls a component's script with (its second generation of components). */
interface Component {
  data: any;
  parentElement: HTMLElement;
  setStateValue(name: string, value: any): void;
}

declare const Plotly: any;

interface Window {
  Plotly?: any;
}
