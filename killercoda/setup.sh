#!/bin/bash
# Runs unseen when the lesson opens: Python's packages and the digits, in ~/lesson.
# wait.sh watches ~/.lesson-ready and ~/.lesson-failed.
exec > ~/.lesson-setup.log 2>&1
set -e
trap 'touch ~/.lesson-failed' ERR

mkdir -p ~/lesson
cd ~/lesson
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y python3-venv
python3 -m venv .venv
source .venv/bin/activate
pip install 'tensorflow-cpu>=2.16,<3' 'keras>=3.7,<4' 'numpy>=1.26,<3' 'matplotlib>=3.8,<4' tornado

curl -f --create-dirs -o data/mnist.npz https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz

# A terminal that is opened later starts in the right place, too.
echo 'cd ~/lesson && source .venv/bin/activate' >> ~/.bashrc
touch ~/.lesson-ready
