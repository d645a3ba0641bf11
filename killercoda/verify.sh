#!/bin/bash
# Lets on who has made what the page asks for, or says in one sentence what is wrong.
if [ ! -e ~/.lesson/ready ]; then
  echo 'This machine is not set up yet: wait until the terminal says "Ready."'
  exit 1
fi
{ cd ~/lesson && source .venv/bin/activate && python ~/.lesson/check.py; } 2> /dev/null
status=$?
if [ $status != 0 ] && [ $status != 3 ]; then  # check.py has said nothing
  echo "Something is broken on this machine: reload the page to begin it again."
fi
exit $status
