// Writes the story with bunyan: FOLDER PAYMENT.
const bunyan = require("bunyan");

const [folder, payment] = process.argv.slice(2);
const logger = bunyan.createLogger({ name: "shop", streams: [{ path: `${folder}/default.log` }] });

function capture() {
  throw new Error(`no reservation for ${payment}`);
}

logger.info({ paymentId: payment }, "callback received");
try {
  capture();
} catch (error) {
  logger.error(error, "capture failed");
}
logger.warn("gave up");
