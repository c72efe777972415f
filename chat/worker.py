"""A serving process: ``python -m chat.worker --fd N [--config FILE] [--demo]``, started by the launcher."""

import gc
from importlib import import_module

if __name__ == "__main__":
    gc.disable()  # until it serves: looking again and again through what is being imported takes a fifth of the start
    import_module("chat.serving").main()
