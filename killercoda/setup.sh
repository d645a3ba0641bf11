#!/bin/bash
# Sets up the machine of a page, `setup.sh step3`, when the project has been cloned:
# installs the packages, and makes `work`, with what the pages before have made.
set -e

again() {  # a second and a third try, if need be
  "$@" || { sleep 10; "$@"; } || { sleep 30; "$@"; }
}

echo "$1" > ~/.lesson/page
cd ~/lenet5
if ! python3 -c 'import venv, ensurepip'; then
  again apt-get update  # fails while the machine updates itself
  again apt-get -o DPkg::Lock::Timeout=300 install -y python3-venv
fi
python3 -m venv .venv
source .venv/bin/activate
sed 's/^tensorflow/tensorflow-cpu/' requirements.txt > ~/.lesson/requirements.txt
again pip install -r ~/.lesson/requirements.txt
python lesson/start.py --page "$1"

# A terminal that is opened later starts in the right place, too.
echo 'cd ~/lenet5/work && source ../.venv/bin/activate' >> ~/.bashrc
touch ~/.lesson/ready
