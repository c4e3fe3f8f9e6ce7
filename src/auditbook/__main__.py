"""``python -m auditbook``."""

from auditbook.cli import main

if __name__ == "__main__":
    main()
