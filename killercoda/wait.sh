# Runs in the terminal when a page opens, and shows what setup.sh does, until it has ended.
until [ -e ~/.lesson/pid ]; do sleep 0.1; done
tail -n +1 -f --pid="$(cat ~/.lesson/pid)" ~/.lesson/log
if [ -e ~/.lesson/ready ]; then
  cd ~/lesson
  source .venv/bin/activate
  echo "Ready."
else
  echo "The set-up failed, see above. Reload the page to try again."
fi
