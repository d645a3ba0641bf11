# Runs in the terminal when a page opens, and shows what setup.sh does, until it has ended.
until [ -e ~/.lesson/log ]; do sleep 0.1; done
(
  tail -n +1 -f ~/.lesson/log &
  until [ -e ~/.lesson/ended ]; do sleep 0.1; done
  sleep 1  # for the last lines
  kill $!
)
if [ -e ~/.lesson/ready ]; then
  cd ~/lenet5/work
  source ../.venv/bin/activate
  echo "Ready."
else
  echo "The set-up failed, see above. Reload the page to try again."
fi
