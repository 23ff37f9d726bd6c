"""The playground: a small network learns 2-D data before your eyes."""

import streamlit as st

from nnviz.ui import playground, session, strip

here = session.room("playground")
strip.messages(here)
controls = strip.presentation(here)
with st.container(key="room"):
    with st.container(key="strip", horizontal=True, vertical_alignment="bottom"):
        if controls:
            strip.training_controls(here)
            strip.more(here)
    with st.container(key="tools", horizontal=True):
        if controls:
            strip.share(here)
            strip.present_button(here)
    with st.container(key="side"):
        if controls:
            playground.data_controls(here)
    with st.container(key="stage"):
        playground.stage(here)
session.write_link(here)
