"""The application's script: the look of all pages, and the way between the rooms."""

from pathlib import Path

import streamlit as st

from nnviz.ui import session
from nnviz.ui.rooms import CONVOLUTION, DIGITS, GUIDE, PLAYGROUND

HERE = Path(__file__).parent

st.set_page_config(page_title="nnviz", page_icon=HERE / "icon.svg", layout="wide")
st.logo(HERE / "logo.svg")
st.html(f"<style>{(HERE / 'style.css').read_text('utf-8')}</style>")
page = st.navigation(
    [
        st.Page(PLAYGROUND, title="Playground", icon=":material/network_node:", default=True),
        st.Page(DIGITS, title="Digits", icon=":material/draw:"),
        st.Page(CONVOLUTION, title="Convolution", icon=":material/filter_center_focus:"),
        st.Page(GUIDE, title="Guide", icon=":material/menu_book:"),
    ],
    position="top",
)
session.turned_to(page.title)
page.run()
