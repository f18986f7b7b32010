// Writes the story with winston, in the formats that its manual shows: FOLDER PAYMENT.
const { createLogger, format, transports } = require("winston");

const [folder, payment] = process.argv.slice(2);
const { colorize, combine, errors, json, label, logstash, printf, splat, timestamp } = format;
const line = printf((info) => `${info.timestamp} [${info.label}] ${info.level}: ${info.stack ?? info.message}`);
const short = printf((info) => `${info.timestamp} ${info.level}: ${info.stack ?? info.message}`);
const styles = {
  json: combine(timestamp(), errors({ stack: true }), json()),
  logstash: combine(timestamp(), errors({ stack: true }), logstash()),
  line: combine(label({ label: "shop" }), timestamp(), errors({ stack: true }), line),
  coloured: combine(colorize(), timestamp(), errors({ stack: true }), short),
  local: combine(timestamp({ format: "YYYY-MM-DD HH:mm:ss" }), errors({ stack: true }), splat(), short),
};

function capture() {
  throw new Error(`no reservation for ${payment}`);
}

for (const [style, chosen] of Object.entries(styles)) {
  const logger = createLogger({ format: chosen, transports: [new transports.File({ filename: `${folder}/${style}.log` })] });
  logger.info(`callback received for ${payment}`);
  try {
    capture();
  } catch (error) {
    logger.error(error);
  }
  logger.warn("gave up");
  logger.end();
}
