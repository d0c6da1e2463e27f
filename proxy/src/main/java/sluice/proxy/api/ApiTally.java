package sluice.proxy.api;

import java.util.Map;
import java.util.TreeMap;

/** How often the API refused something, by reason. Confined to the API's loop. */
public final class ApiTally {
    /** Different reasons counted apart; later ones are counted as {@code other}. */
    static final int MAX_REASONS = 64;

    private final Map<String, Long> refused = new TreeMap<>();
    private long answered;

    /** @param reason short kebab-case */
    public void refused(String reason) {
        refused.merge(refused.containsKey(reason) || refused.size() < MAX_REASONS ? reason : "other", 1L, Long::sum);
    }

    public void answered() {
        answered++;
    }

    /** Requests that reached their handler. */
    public long answers() {
        return answered;
    }

    public Map<String, Long> refusals() {
        return Map.copyOf(refused);
    }
}
