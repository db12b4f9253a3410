"""What does ``python -m plugin`` do? The same as the command ``regulars``."""

from plugin.cli import main

if __name__ == "__main__":
    main()
