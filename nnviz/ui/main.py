"""The application's script: the look of all pages, and the way between the rooms."""

from pathlib import Path

import streamlit as st

from nnviz.ui import navigation, session, watch

HERE = Path(__file__).parent

st.set_page_config(page_title="nnviz", page_icon=HERE / "icon.svg", layout="wide")
st.logo(HERE / "logo.svg")
st.html(f"<style>{(HERE / 'style.css').read_text('utf-8')}</style>")
page, path = navigation.header()
watch.bar(path)
session.turned_to(page.title)
navigation.row()
page.run()
