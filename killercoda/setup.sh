#!/bin/bash
# Runs unseen when a page opens: lays into ~/lesson the packages, the digits, and what the
# pages before this one have made. In ~/.lesson are the assets: the pages up to this one.
mkdir -p ~/.lesson/start ~/lesson
exec > ~/.lesson/log 2>&1
trap 'touch ~/.lesson/ended' EXIT
set -e -o pipefail
cd ~/lesson

apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y python3-venv
python3 -m venv .venv
source .venv/bin/activate
sed 's/^tensorflow/tensorflow-cpu/' ~/.lesson/requirements.txt > ~/.lesson/packages.txt
pip install -r ~/.lesson/packages.txt
curl -f --create-dirs -o data/mnist.npz https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz

for page in $(ls ~/.lesson/*.md | head -n -1); do
  bash ~/.lesson/scripts.sh "$page"
done
# The pages after step 4 need its networks: the last block of the page before trains them.
if [ -e step4.py ]; then
  awk '/^```sh$/ { block = ""; inside = 1; next }
       /^```$/ { inside = 0 }
       inside { block = block $0 "\n" }
       END { printf "%s", block }' "$page" | bash
fi
cp ./*.py ~/.lesson/start 2> /dev/null || true  # the first pages have none

# A terminal that is opened later starts in the right place, too.
echo 'cd ~/lesson && source .venv/bin/activate' >> ~/.bashrc
touch ~/.lesson/ready
