"""The playground: a small network learns 2-D data before your eyes."""

import streamlit as st

from nnviz.ui import playground, session

here = session.room()
playground.messages(here)
with st.container(key="room"):
    with st.container(key="strip", horizontal=True, vertical_alignment="bottom"):
        playground.training_controls(here)
    with st.container(key="side"):
        playground.data_controls(here)
    with st.container(key="stage"):
        playground.stage(here)
session.write_link(here)
