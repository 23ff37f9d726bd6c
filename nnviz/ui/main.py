"""The application's script: the look of all pages, and the way between the rooms."""

from pathlib import Path

import streamlit as st

from nnviz.ui.rooms import GUIDE, PLAYGROUND

STYLE = Path(__file__).with_name("style.css")

st.set_page_config(page_title="nnviz", page_icon="🕸️", layout="wide")
st.html(f"<style>{STYLE.read_text('utf-8')}</style>")
st.navigation(
    [
        st.Page(PLAYGROUND, title="Playground", icon=":material/network_node:", default=True),
        st.Page(GUIDE, title="Guide", icon=":material/menu_book:"),
    ],
    position="top",
).run()
