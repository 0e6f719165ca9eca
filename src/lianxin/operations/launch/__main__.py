"""Where `./run` enters."""

import sys

from lianxin.operations.launch.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
