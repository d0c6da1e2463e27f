package sluice.proxy.translation;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import sluice.config.IdentityTemplate;
import sluice.config.IdentityTemplate.Fixed;
import sluice.config.IdentityTemplate.Part;
import sluice.config.IdentityTemplate.Placeholder;
import sluice.proxy.mining.profile.MinerOrigin;

/**
 * Under which names a pool sees the miners.
 *
 * @param maxBytes of UTF-8 that the pool takes of a name
 */
public record PoolNames(IdentityTemplate template, int maxBytes) {

    /** Each miner under its own name. */
    public static final PoolNames OWN =
            new PoolNames(IdentityTemplate.parse(Placeholder.USER.text()), WorkerLogin.MAX_IDENTITY_BYTES);

    private static final String SEPARATORS = "./_-:";

    // What is shortened first where a name is too long: pools pay to accounts, so the account is kept for as long as it
    // can be. In a whole user identity it stands in front, and what is cut is the end.
    private static final List<Placeholder> SHORTENED = List.of(
            Placeholder.WORKER, Placeholder.LISTENER, Placeholder.ADDRESS, Placeholder.USER, Placeholder.ACCOUNT);

    /** The name of a miner; empty for one that gave none, which goes by the pool's login. */
    public String of(String userIdentity, MinerOrigin origin) {
        if (userIdentity.isEmpty() || equals(OWN)) {
            return userIdentity;
        }
        Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
        values.put(Placeholder.ACCOUNT, WorkerLogin.account(userIdentity));
        values.put(Placeholder.WORKER, WorkerLogin.worker(userIdentity));
        values.put(Placeholder.USER, userIdentity);
        values.put(Placeholder.LISTENER, origin.listener());
        values.put(Placeholder.ADDRESS, origin.address().getHostAddress());
        return fitting(values);
    }

    /** The name of the connection itself, for which there is no miner: the template without its placeholders. */
    public String login() {
        return fitting(new EnumMap<>(Placeholder.class));
    }

    private String fitting(Map<Placeholder, String> values) {
        String name = filled(values);
        for (Placeholder placeholder : SHORTENED) {
            int excess = WorkerLogin.utf8Length(name) - maxBytes;
            if (excess <= 0) {
                return name;
            }
            if (template.placeholders().contains(placeholder)) {
                String value = values.getOrDefault(placeholder, "");
                values.put(placeholder, WorkerLogin.cut(value, Math.max(0, WorkerLogin.utf8Length(value) - excess)));
                name = filled(values);
            }
        }
        return WorkerLogin.cut(name, maxBytes);
    }

    /** A placeholder that stands for nothing takes the separator in front of it along, or at the beginning the one behind. */
    private String filled(Map<Placeholder, String> values) {
        StringBuilder name = new StringBuilder();
        boolean emptyBefore = false;
        for (Part part : template.parts()) {
            switch (part) {
                case Fixed fixed -> {
                    String text = fixed.text();
                    boolean leads = name.isEmpty() && emptyBefore;
                    name.append(leads && isSeparator(text.charAt(0)) ? text.substring(1) : text);
                    emptyBefore = false;
                }
                case Placeholder placeholder -> {
                    String value = values.getOrDefault(placeholder, "");
                    emptyBefore = value.isEmpty();
                    if (emptyBefore && !name.isEmpty() && isSeparator(name.charAt(name.length() - 1))) {
                        name.setLength(name.length() - 1);
                    }
                    name.append(value);
                }
            }
        }
        return name.toString();
    }

    private static boolean isSeparator(char c) {
        return SEPARATORS.indexOf(c) >= 0;
    }
}
