#!/bin/bash
# Runs unseen when a page opens: clones the project into ~/lenet5, installs the packages,
# and makes the folder `work` there, with what the pages before this one have made.
# In a scenario, this is made by lesson/make/render.py from killercoda/setup.sh.
mkdir -p ~/.lesson
echo step2 > ~/.lesson/page
exec > ~/.lesson/log 2>&1
trap 'touch ~/.lesson/ended' EXIT
set -e

again() {  # a second and a third try, if need be
  "$@" || { sleep 10; "$@"; } || { sleep 30; "$@"; }
}

again git clone --depth 1 https://github.com/OWNER/REPOSITORY ~/lenet5
cd ~/lenet5
if ! python3 -c 'import venv, ensurepip'; then
  again apt-get update  # fails while the machine updates itself
  again apt-get -o DPkg::Lock::Timeout=300 install -y python3-venv
fi
python3 -m venv .venv
source .venv/bin/activate
sed 's/^tensorflow/tensorflow-cpu/' requirements.txt > ~/.lesson/requirements.txt
again pip install -r ~/.lesson/requirements.txt
python lesson/start.py --page step2

# A terminal that is opened later starts in the right place, too.
echo 'cd ~/lenet5/work && source ../.venv/bin/activate' >> ~/.bashrc
touch ~/.lesson/ready
