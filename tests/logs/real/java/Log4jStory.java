import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Writes the story with Log4j 2, into the files that log4j2.xml names: PAYMENT. */
public class Log4jStory {
    private static final Logger LOGGER = LogManager.getLogger(Log4jStory.class);

    public static void main(String[] arguments) {
        LOGGER.info("callback received for {}", arguments[0]);
        try {
            capture(arguments[0]);
        } catch (IllegalStateException exception) {
            LOGGER.error("capture failed", exception);
        }
        LOGGER.warn("gave up");
    }

    private static void capture(String payment) {
        try {
            throw new java.io.IOException("no reservation for " + payment);
        } catch (java.io.IOException exception) {
            throw new IllegalStateException("refused", exception);
        }
    }
}
