package sluice.proxy.api.pool;

import java.util.List;
import java.util.Optional;
import sluice.config.AddressRange;
import sluice.config.ConfigText;
import sluice.config.PinConfig;
import sluice.config.UserPattern;

/** A pin as the API takes and gives it: the keys of {@code [[pin]]}. */
record PinBody(
        String goal, Optional<List<String>> users, Optional<List<String>> addresses, Optional<List<String>> listeners) {

    static PinBody of(PinConfig pin) {
        return new PinBody(
                pin.goal(),
                present(pin.users().stream().map(UserPattern::toString).toList()),
                present(pin.addresses().stream().map(AddressRange::toString).toList()),
                present(pin.listeners()));
    }

    private static Optional<List<String>> present(List<String> entries) {
        return entries.isEmpty() ? Optional.empty() : Optional.of(entries);
    }

    void write(ConfigText text) {
        text.table("pin")
                .key("goal", goal)
                .texts("users", users)
                .texts("addresses", addresses)
                .texts("listeners", listeners);
    }
}
