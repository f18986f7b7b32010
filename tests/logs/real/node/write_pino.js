// Writes the story with pino, as it comes and with ISO stamps and named levels: FOLDER PAYMENT.
const pino = require("pino");

const [folder, payment] = process.argv.slice(2);
const styles = {
  default: {},
  named: {
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  },
};

function capture() {
  throw new Error(`no reservation for ${payment}`);
}

for (const [style, options] of Object.entries(styles)) {
  const logger = pino(options, pino.destination({ dest: `${folder}/${style}.log`, sync: true }));
  logger.info({ paymentId: payment }, "callback received");
  try {
    capture();
  } catch (error) {
    logger.error(error, "capture failed");
  }
  logger.warn("gave up");
}
