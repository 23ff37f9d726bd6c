"""The guide: how to read the playground, its keys, and settings worth trying with the reason why they work or fail."""

import streamlit as st

from nnviz.ui.guide import DIGIT_EXPERIMENTS, EXPERIMENTS, KEYS, MARKS
from nnviz.ui.rooms import DIGITS, PLAYGROUND

st.title("Guide")
st.markdown(
    "A network is a chain of sums. Every neuron multiplies what it gets by its **weights**, adds its **bias**, bends "
    "the result with its **activation** and hands it on. **Training** shows it samples, measures with the **loss** how "
    "wrong it is, and moves every weight a little down the slope of the loss. In the playground you see each of these "
    "numbers."
)
left, right = st.columns(2, gap="large")
with left:
    for heading, page, experiments in (
        ("Things to try in the playground", PLAYGROUND, EXPERIMENTS),
        ("Things to try with digits", DIGITS, DIGIT_EXPERIMENTS),
    ):
        st.subheader(heading)
        for title, why, setting in experiments:
            with st.container(gap=None):
                st.page_link(page, label=f"**{title}**", icon=":material/play_circle:", query_params=setting)
                st.caption(why)
with right:
    st.subheader("What the marks mean")
    st.markdown("\n".join(f"- **{name}**: {text}" for name, text in MARKS))
    st.subheader("Keys")
    st.markdown("\n".join(["| key | does |", "|---|---|", *(f"| {key} | {text} |" for key, text in KEYS)]))
