echo "Installing TensorFlow and fetching MNIST: one or two minutes."
until [ -e ~/.lesson-ready ] || [ -e ~/.lesson-failed ]; do
  printf .
  sleep 2
done
echo
if [ -e ~/.lesson-ready ]; then
  cd ~/lesson
  source .venv/bin/activate
  echo "Ready."
else
  echo "The set-up failed. Reload the page to try again. Its last lines were:"
  tail -n 5 ~/.lesson-setup.log
fi
