"""One palette for every figure. Safe for the colour-blind: after Okabe and Ito (2008), darkened where they must carry
thin marks on white. Class 0 and negative numbers are orange, class 1 and positive numbers are blue, everywhere."""

CLASS_COLORS = (
    "#e08214", "#0b6fb8", "#009e73", "#cc6fa5", "#8a6d00", "#56b4e9", "#6a3d9a", "#5c6670", "#b2182b", "#7fbc41",
)  # fmt: skip
