package sluice.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.ConfigDocument.Found;

/** Reads where clients connect that are no miners. */
final class ClientPortsReader {
    private static final String TEMPLATES = "template_provider";
    private static final String DECLARATIONS = "job_declaration_server";
    private static final String KEY = "listen_addr";

    private final ConfigDocument document;
    private final List<ListenAddress> taken = new ArrayList<>();

    /** @param listeners whose addresses no other port may have */
    ClientPortsReader(ConfigDocument document, List<ListenerConfig> listeners) {
        this.document = document;
        listeners.forEach(listener -> taken.add(listener.address()));
    }

    /**
     * @param hasSources whether templates come from anywhere, be it from a place that means nothing
     * @param isSolo likewise for solo mining
     */
    ClientPortsConfig read(Optional<SoloConfig> solo, boolean hasSources, boolean isSolo) {
        Optional<ListenAddress> templates = address(TEMPLATES, 8442);
        Optional<ListenAddress> declarations = address(DECLARATIONS, 3334);
        if (document.isPresent(TEMPLATES) && !hasSources) {
            document.table(TEMPLATES)
                    .consequence(
                            KEY,
                            document.table(TEMPLATES).header(),
                            "has no templates to give: there is no [[template_source]]",
                            "write the node that templates come from as a [[template_source]] with a name and a url",
                            "template_source");
        }
        if (document.isPresent(DECLARATIONS) && !isSolo) {
            document.table(DECLARATIONS)
                    .consequence(
                            KEY,
                            document.table(DECLARATIONS).header(),
                            "needs a payout for the jobs that are declared, and there is no [solo]",
                            "write [solo] with the payout of a block, and a [[template_source]]",
                            "solo");
        }
        return new ClientPortsConfig(
                templates,
                declarations.flatMap(
                        listen -> solo.map(mine -> new ClientPortsConfig.Declarations(listen, mine.payout()))));
    }

    private Optional<ListenAddress> address(String name, int usualPort) {
        ConfigTable table = document.table(name);
        String right = "write it as listen_addr = \"127.0.0.1:" + usualPort + "\"";
        Optional<Found<ListenAddress>> address = table.parsed(KEY, ListenAddress::parse, right);
        if (document.isPresent(name) && !table.isPresent(KEY)) {
            table.missing(KEY, right);
        }
        address.ifPresent(found -> {
            // Port 0 takes another free port each time.
            if (found.value().port() != 0 && taken.contains(found.value())) {
                table.problem(KEY, found.origin(), "is the address of another port, too", "take another port");
            }
            taken.add(found.value());
        });
        return address.map(Found::value);
    }
}
