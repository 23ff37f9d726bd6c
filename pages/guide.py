"""The guide: what to try in each room, with the reason why it works or fails; what the marks mean; the keys."""

import streamlit as st

from nnviz.ui import guide
from nnviz.ui.rooms import CONVOLUTION, DIGITS, PLAYGROUND

ROOMS = (
    ("Playground", PLAYGROUND, guide.EXPERIMENTS, guide.MARKS, guide.KEYS),
    ("Digits", DIGITS, guide.DIGIT_EXPERIMENTS, guide.DIGIT_MARKS, guide.DIGIT_KEYS),
    ("Convolution", CONVOLUTION, guide.CONVOLUTION_EXPERIMENTS, guide.CONVOLUTION_MARKS, guide.CONVOLUTION_KEYS),
)

st.title("Guide")
st.markdown(
    "A network is a chain of sums. Every neuron multiplies what it gets by its **weights**, adds its **bias**, bends "
    "the result with its **activation** and hands it on. **Training** shows it samples, measures with the **loss** how "
    "wrong it is, and moves every weight a little down the slope of the loss. The rooms show each of these numbers: "
    "the **Playground** on points of a plane, **Digits** on handwriting, **Convolution** one sum at a time."
)
for tab, (name, page, experiments, marks, keys) in zip(st.tabs([room[0] for room in ROOMS]), ROOMS, strict=True):
    with tab:
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("Things to try", anchor=f"try-{name.lower()}")
            for title, why, setting in experiments:
                with st.container(gap=None):
                    st.page_link(page, label=f"**{title}**", icon=":material/play_circle:", query_params=setting)
                    st.caption(why)
            if page == DIGITS:
                st.caption("Where a link wants MNIST and it is not here yet, the room offers to fetch it (11 MB).")
        with right:
            st.subheader("What the marks mean", anchor=f"marks-{name.lower()}")
            st.markdown("\n".join(f"- **{mark}**: {text}" for mark, text in marks))
            st.subheader("Keys", anchor=f"keys-{name.lower()}")
            st.markdown("\n".join(["| key | does |", "|---|---|", *(f"| {key} | {text} |" for key, text in keys)]))
