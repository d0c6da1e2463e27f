package sluice.proxy.netty;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;

/** Those who share one stream of templates: whoever joins is told at once how it stands. Confined to the control loop. */
final class TemplateAudience {
    private final Set<Member> members = new LinkedHashSet<>();
    private Optional<Template> current = Optional.empty();
    private Optional<String> unavailable = Optional.empty();

    /** The template in force. */
    Optional<Template> current() {
        return current;
    }

    /** Why there is none. */
    Optional<String> unavailable() {
        return unavailable;
    }

    /**
     * One more that wants templates, as a source of its own.
     *
     * @param asked takes what it asks of templates; that it wants no more is heard here
     */
    TemplateSource join(Consumer<TemplateCommand> asked) {
        return new Member(asked);
    }

    void tell(TemplateEvent event) {
        switch (event) {
            case TemplateEvent.NewTip(Template template) -> inForce(template);
            case TemplateEvent.Refreshed(Template template) -> inForce(template);
            case TemplateEvent.TransactionsArrived arrived ->
                current = current.map(template ->
                        template.id() == arrived.templateId() ? template.with(arrived.transactions()) : template);
            case TemplateEvent.Unavailable(String reason) -> {
                current = Optional.empty();
                unavailable = Optional.of(reason);
            }
            // Who offered the block hears of it.
            case TemplateEvent.BlockJudged judged -> {
                return;
            }
        }
        List.copyOf(members).forEach(member -> member.tell(event));
    }

    private void inForce(Template template) {
        current = Optional.of(template);
        unavailable = Optional.empty();
    }

    /** Nobody is told anything any more. */
    void dismiss() {
        members.clear();
    }

    private final class Member implements TemplateSource {
        private final Consumer<TemplateCommand> asked;
        private Consumer<TemplateEvent> events;

        private Member(Consumer<TemplateCommand> asked) {
            this.asked = asked;
        }

        @Override
        public void start(Consumer<TemplateEvent> to) {
            events = to;
            members.add(this);
            current.ifPresent(template -> tell(new TemplateEvent.NewTip(template)));
            unavailable.ifPresent(reason -> tell(new TemplateEvent.Unavailable(reason)));
        }

        @Override
        public void send(TemplateCommand command) {
            if (command instanceof TemplateCommand.Close) {
                members.remove(this);
            } else {
                asked.accept(command);
            }
        }

        private void tell(TemplateEvent event) {
            // Whoever was told before may have closed this one.
            if (members.contains(this)) {
                events.accept(event);
            }
        }
    }
}
