import java.io.IOException;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Writes the story with java.util.logging, in the layout that a system property may name: FILE PAYMENT. */
public class JulStory {
    private static final Logger LOGGER = Logger.getLogger(JulStory.class.getName());

    public static void main(String[] arguments) throws IOException {
        FileHandler handler = new FileHandler(arguments[0]);
        handler.setFormatter(new SimpleFormatter());
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(handler);
        LOGGER.info("callback received for " + arguments[1]);
        try {
            capture(arguments[1]);
        } catch (IllegalStateException exception) {
            LOGGER.log(Level.SEVERE, "capture failed", exception);
        }
        LOGGER.warning("gave up");
    }

    private static void capture(String payment) {
        try {
            throw new IOException("no reservation for " + payment);
        } catch (IOException exception) {
            throw new IllegalStateException("refused", exception);
        }
    }
}
