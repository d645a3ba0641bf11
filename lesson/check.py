"""Check what you have written.

python check.py                    says how far you are, and what is missing
python check.py convolve           checks a task, and says "Right." or what is wrong
python check.py convolve --answer  puts our answer into your file
python check.py step1              checks all that a page asks for
"""

import sys
from pathlib import Path

# A copy of this file is in the folder `work`; what it needs stays in the project.
FOLDERS = Path(__file__).resolve().parents
LESSON = next(p / "lesson" for p in FOLDERS if (p / "lesson" / "checking.py").exists())
sys.path.insert(1, str(LESSON))

from checking import main

if __name__ == "__main__":
    main()
