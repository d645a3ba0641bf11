"""Firefox, driven by Mozilla's own protocol: Debian has no geckodriver."""

import json
import os
import shutil

from marionette_driver.marionette import Marionette

RUN_IN_PAGE = """
const script = document.createElement("script");
script.textContent = `var answer = globalThis.answer ?? "";
  var text = value => JSON.stringify(value ?? null);
  ${arguments[0]}`;
document.body.append(script);
script.remove();
const { answer } = window.wrappedJSObject;
return answer;"""


class Firefox(Marionette):
    """Firefox, with the few methods of Selenium's drivers that `browser` calls."""

    def __init__(self, width, height):
        size = [f"--width={width}", f"--height={height}"]
        super().__init__(
            bin=shutil.which("firefox-esr"),
            headless=True,
            app_args=size,
            gecko_log=os.devnull,
        )
        self.start_session()

    def get(self, address):
        self.navigate(address)

    def run(self, script):
        """Runs a script as one of the page, which sees the page's constants."""
        return super().execute_script(RUN_IN_PAGE, script_args=[script])

    def execute_script(self, script, *arguments):
        given = json.dumps(arguments)
        function = f"(function () {{ {script} }})"
        return json.loads(self.run(f"answer = text({function}(...{given}))"))

    def execute_async_script(self, script):
        done = "value => { answer = text(value) }"
        self.run(f"answer = ''; (function () {{ {script} }})({done})")
        while not (answer := self.run("")):
            pass
        return json.loads(answer)

    def execute(self, _, actions):
        self._send_message("WebDriver:PerformActions", actions)

    def quit(self):
        self.cleanup()
        self.instance.profile.cleanup()
