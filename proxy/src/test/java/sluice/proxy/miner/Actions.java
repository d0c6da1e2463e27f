package sluice.proxy.miner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv2.message.Sv2Message;

/** What a client wants done, picked apart. */
record Actions(List<ClientAction> all) {
    private <T> List<T> of(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Sv1ClientMessage> sv1() {
        return of(ClientAction.SendSv1.class).stream()
                .map(ClientAction.SendSv1::message)
                .toList();
    }

    List<Sv2Message> sv2() {
        return of(ClientAction.SendSv2.class).stream()
                .map(ClientAction.SendSv2::message)
                .toList();
    }

    List<ClientEvent> events() {
        return of(ClientAction.Publish.class).stream()
                .map(ClientAction.Publish::event)
                .toList();
    }

    /** The one work that is started. */
    Work work() {
        List<ClientAction.StartWork> started = of(ClientAction.StartWork.class);
        assertThat(started).hasSize(1);
        return started.getFirst().work();
    }

    boolean startsWork() {
        return !of(ClientAction.StartWork.class).isEmpty();
    }

    boolean stopsWork() {
        return all.contains(new ClientAction.StopWork());
    }

    /** The reason of the one disconnect. */
    String disconnectReason() {
        List<ClientAction.Disconnect> disconnects = of(ClientAction.Disconnect.class);
        assertThat(disconnects).hasSize(1);
        return disconnects.getFirst().reason();
    }

    List<ClientAction.SetDeadline> deadlines() {
        return of(ClientAction.SetDeadline.class);
    }

    List<String> told() {
        return of(ClientAction.Tell.class).stream().map(ClientAction.Tell::text).toList();
    }
}
