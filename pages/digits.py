"""Digits: a network learns handwriting, and shows what it has learned, where it errs, and why."""

import streamlit as st

from nnviz.ui import digits, session, strip

here = session.room("digits")
strip.messages(here)
controls = strip.presentation(here)
with st.container(key="room"):
    with st.container(key="strip", horizontal=True, vertical_alignment="bottom"):
        if controls:
            digits.model_controls(here)
            strip.more(here)
    with st.container(key="tools", horizontal=True):
        if controls:
            digits.summary(here)
            strip.share(here)
            strip.present_button(here)
    with st.container(key="side"):
        if controls:
            digits.data_controls(here)
    with st.container(key="stage"):
        digits.stage(here)
session.write_link(here)
