"""nnviz: watch neural networks learn.

`from nnviz import RunSpec, train`; neither line imports tensorflow (training does, when it starts).
"""

from nnviz.spec import RunSpec
from nnviz.training import train

__version__ = "0.1.0"
__all__ = ["RunSpec", "__version__", "train"]
