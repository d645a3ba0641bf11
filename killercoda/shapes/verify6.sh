#!/bin/bash
# Lets on who has made what a step asks for, or says in one sentence what is wrong.
# Made by lesson/make/render.py from killercoda/verify.sh, for shapes 6.
if [ ! -e ~/.lesson/ready ]; then
  if [ -e ~/.lesson/ended ]; then
    echo 'The set-up of this machine has failed: reload the page to begin it again.'
  else
    echo 'This machine is not set up yet: wait until the terminal says "Ready."'
  fi
  exit 1
fi
{
  cd ~/lenet5/work && source ../.venv/bin/activate && python check.py shapes 6
} 2> /dev/null
status=$?
if [ $status != 0 ] && [ $status != 3 ]; then  # check.py has said nothing
  echo "Something is broken on this machine: reload the page to begin it again."
fi
exit $status
