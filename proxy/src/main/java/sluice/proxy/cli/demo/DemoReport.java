package sluice.proxy.cli.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What a scenario came to. */
public interface DemoReport {
    /** What programs read, in this order. */
    Map<String, Object> values();

    /** The same for people, with a line break at the end. */
    String text();

    /** A sentence for each thing that was promised and not seen; empty where all was. */
    List<String> failures();

    /** {@link #values} as one line of JSON. */
    default String json() {
        return JsonMapper.shared().writeValueAsString(values());
    }

    /** A map in the order of the arguments, a key and its value in turn. */
    static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
