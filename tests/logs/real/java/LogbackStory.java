import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the story with logback, into the files that logback.xml names: PAYMENT. */
public class LogbackStory {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogbackStory.class);

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
