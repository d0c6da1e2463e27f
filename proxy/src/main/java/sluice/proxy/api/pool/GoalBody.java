package sluice.proxy.api.pool;

import java.util.List;
import java.util.Optional;
import sluice.config.ConfigText;

/** A goal as the API takes it: the keys of {@code [[goal]]}. */
record GoalBody(String name, Optional<Integer> weight, List<String> upstreams) {
    void write(ConfigText text) {
        text.table("goal").key("name", name).number("weight", weight).key("upstreams", upstreams);
    }
}
