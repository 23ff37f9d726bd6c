"""Where the rooms' files are: in a checkout beside the package, in an installed package inside it."""

from nnviz.web.settings import site_root

PAGES = site_root() / "pages"
PLAYGROUND = PAGES / "playground.py"
DIGITS = PAGES / "digits.py"
CONVOLUTION = PAGES / "convolution.py"
GUIDE = PAGES / "guide.py"
