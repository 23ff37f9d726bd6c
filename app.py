"""The ASGI application. `nnviz`, `streamlit run app.py` and `uvicorn app:app` all serve this object."""

import streamlit as st

from nnviz.ui.rooms import entries
from nnviz.web.guard import middleware
from nnviz.web.server import lifespan, routes
from nnviz.web.settings import MAIN, use_site_config

use_site_config()
app = st.App(MAIN, lifespan=lifespan, routes=routes(), middleware=middleware(entries()))
