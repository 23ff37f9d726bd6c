"""The process of one contender: prepares its work, then does as many steps as a line of standard input says.

`python -m nnviz.bench.worker CONTENDER WORK` answers each line with one of JSON: {"seconds": …}; first {"prepared": …}.
What libraries print goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time

from nnviz.bench.contenders import CONTENDERS
from nnviz.bench.works import WORKS


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**words: float | str) -> None:
        print(json.dumps(words), file=answers, flush=True)

    contender, work = CONTENDERS[sys.argv[1]], WORKS[sys.argv[2]]
    try:
        began = time.perf_counter()
        steps = contender.prepare(work)
        say(prepared=time.perf_counter() - began)
        for line in sys.stdin:
            began = time.perf_counter()
            said = steps(int(line))
            say(seconds=time.perf_counter() - began if said is None else said)
    except Exception as error:
        say(error=f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error).strip() else ''}")
        raise
    finally:
        answers.close()
        sys.stderr.flush()
        os._exit(0)  # threads of libraries and of an engine need no farewell; its child ends with it


if __name__ == "__main__":
    main()
