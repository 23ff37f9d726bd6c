"""Where the application's files are, and how every way of starting it gets the same settings.

Streamlit reads `.streamlit/config.toml` beside the main script. `streamlit run app.py` knows that script; under
`uvicorn app:app` and `nnviz` it would look beside `nnviz/ui/main.py` and in the working directory, so `use_site_config`
names the file's true place before `st.App` is built.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from nnviz.web.hosts import host_name

HOME_VARIABLE = "NNVIZ_HOME"
WORKERS_VARIABLE = "NNVIZ_WORKERS"
HOSTS_VARIABLE = "NNVIZ_ALLOW_HOSTS"
TOKEN_VARIABLE = "NNVIZ_TOKEN"
CLUSTER_VARIABLE = "NNVIZ_CLUSTER"
TOKEN_LENGTH = 8
"""The least: a shorter one can be guessed."""
PACKAGE = Path(__file__).resolve().parent.parent
MAIN = PACKAGE / "ui" / "main.py"


class SettingError(ValueError):
    """A setting that cannot be obeyed; the message names it and what is allowed."""


def site_root() -> Path:
    """The folder of app.py, pages/ and .streamlit/: the checkout, or `nnviz/_site` in an installed package."""
    installed = PACKAGE / "_site"
    return installed if (installed / "app.py").is_file() else PACKAGE.parent


def workers() -> int | None:
    """How many runs may train at once: NNVIZ_WORKERS, else None (the engine decides). Raises SettingError."""
    value = os.environ.get(WORKERS_VARIABLE, "").strip()
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= 256:
        raise SettingError(f"{WORKERS_VARIABLE} is {value!r}; allowed is a whole number from 1 to 256")
    return int(value)


def allowed_hosts() -> list[str]:
    """Names that the server has beside its own: NNVIZ_ALLOW_HOSTS, with commas between. Raises SettingError."""
    names = [name.strip() for name in os.environ.get(HOSTS_VARIABLE, "").split(",") if name.strip()]
    for name in names:
        if host_name(name) is None:
            raise SettingError(f"--allow-host (or {HOSTS_VARIABLE}) is {name!r}; allowed are names and addresses")
    return [host_name(name) or "" for name in names]


def access_token() -> str | None:
    """What a visitor must know: NNVIZ_TOKEN; None: nobody is asked. Raises SettingError."""
    value = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not value:
        return None
    if not re.fullmatch(f"[A-Za-z0-9._~-]{{{TOKEN_LENGTH},200}}", value):
        allowed = f"{TOKEN_LENGTH} to 200 of the characters A–Z, a–z, 0–9, . _ ~ -"
        raise SettingError(f"the token (--token or {TOKEN_VARIABLE}) must have {allowed}")
    return value


def site_settings() -> dict[str, Any]:
    """Our config.toml as {"server.address": …}; themes are left out."""
    with (site_root() / ".streamlit" / "config.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {
        f"{section}.{name}": value
        for section, table in sections.items()
        if section != "theme"
        for name, value in table.items()
    }


def use_site_config() -> None:
    """Make Streamlit read our config.toml. Call it before `st.App` is built; `streamlit run` has done it already."""
    from streamlit import config

    if config._main_script_path is None:
        config._main_script_path = str(site_root() / "app.py")
