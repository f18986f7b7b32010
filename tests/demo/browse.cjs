// Drives a real Chromium for record.py: `trace PORT OUT.har` walks through the console, `shot URL OUT.png` takes the picture.
const { chromium } = require("playwright-core");

const HOSTS = ["api.sandbox.mobilepay.dk", "console.psp.example", "stats.example.com"];

async function open(rules) {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-lcd-text", "--ignore-certificate-errors"];
  const args = [...quiet, ...(process.getuid() === 0 ? ["--no-sandbox"] : []), ...rules];
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args });
}

async function trace(port, path) {
  const browser = await open([`--host-resolver-rules=${HOSTS.map(host => `MAP ${host}:443 127.0.0.1:${port}`).join(",")}`]);
  const context = await browser.newContext({ ignoreHTTPSErrors: true, recordHar: { path, mode: "full", content: "embed" } });
  const page = await context.newPage();
  await page.goto("https://console.psp.example/", { waitUntil: "networkidle" });
  await page.click("#start");
  await page.waitForSelector("#outcome:not(:empty)", { timeout: 120000 });
  await page.waitForTimeout(1000);
  await context.close();
  await browser.close();
}

async function shot(url, path) {
  const browser = await open([]);
  const page = await browser.newPage({ viewport: { width: 540, height: 1170 }, deviceScaleFactor: 2 });
  await page.goto(url);
  await page.screenshot({ path });
  await browser.close();
}

const [, , action, ...rest] = process.argv;
({ trace, shot })[action](...rest).catch(error => { console.error(error); process.exit(1); });
