package sluice.protocol.sv1;

import java.util.Map;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv1.Sv1ClientMessage.Configure;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;

/**
 * Writes messages as compact JSON lines that end in {@code \n}. An answer always has {@code id}, {@code result} and
 * {@code error}, because firmware takes a missing field for a failure.
 */
public final class Sv1Encoder {
    private static final int SHORT_LINE = 128;

    private Sv1Encoder() {}

    /** The line, as a fresh array: a line that is the same for many miners is encoded once and shared. */
    public static byte[] encode(Sv1Message message) {
        return switch (message) {
            case Sv1Response response -> response(response);
            case Sv1ClientMessage client -> client(client);
            case Sv1ServerMessage server -> server(server);
        };
    }

    private static byte[] response(Sv1Response response) {
        JsonWriter out = new JsonWriter(SHORT_LINE);
        out.raw("{\"id\":");
        id(out, response.id());
        out.raw(",\"result\":");
        result(out, response.result());
        out.raw(",\"error\":");
        response.error()
                .ifPresentOrElse(
                        error -> out.ascii('[')
                                .number(error.code())
                                .ascii(',')
                                .string(error.text())
                                .raw(",null]"),
                        () -> out.raw("null"));
        response.rejectReason()
                .ifPresent(reason -> out.raw(",\"reject-reason\":").string(reason));
        return out.ascii('}').toLine();
    }

    private static void result(JsonWriter out, Sv1Result result) {
        switch (result) {
            case Sv1Result.Literal.TRUE -> out.raw("true");
            case Sv1Result.Literal.FALSE -> out.raw("false");
            case Sv1Result.Literal.NULL -> out.raw("null");
            case Sv1Result.Text text -> out.string(text.text());
            case Sv1Result.Subscribed subscribed -> subscribed(out, subscribed);
            case Sv1Result.Configured configured -> configured(out, configured);
            case Sv1Result.Other other -> out.json(other.json());
        }
    }

    private static void subscribed(JsonWriter out, Sv1Result.Subscribed subscribed) {
        out.raw("[[");
        boolean first = true;
        for (Sv1Result.Subscription subscription : subscribed.subscriptions()) {
            out.raw(first ? "[" : ",[")
                    .string(subscription.method())
                    .ascii(',')
                    .string(subscription.name())
                    .ascii(']');
            first = false;
        }
        out.raw("],")
                .hex(subscribed.extranonce1())
                .ascii(',')
                .number(subscribed.extranonce2Size())
                .ascii(']');
    }

    private static void configured(JsonWriter out, Sv1Result.Configured configured) {
        out.ascii('{');
        boolean first = true;
        for (Map.Entry<String, Boolean> extension : configured.granted().entrySet()) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            out.string(extension.getKey()).ascii(':').raw(extension.getValue() ? "true" : "false");
            if (extension.getKey().equals(Configure.VERSION_ROLLING) && extension.getValue()) {
                out.raw(",\"version-rolling.mask\":").u32(configured.versionRollingMask());
            }
        }
        out.ascii('}');
    }

    private static byte[] client(Sv1ClientMessage message) {
        return switch (message) {
            case Configure configure -> configure(configure);
            case Sv1ClientMessage.Subscribe subscribe -> subscribe(subscribe);
            case Sv1ClientMessage.Authorize authorize ->
                close(open(authorize.id(), Sv1Method.AUTHORIZE)
                        .string(authorize.user())
                        .ascii(',')
                        .string(authorize.password()));
            case Sv1ClientMessage.Submit submit -> submit(submit);
            case Sv1ClientMessage.SuggestDifficulty suggest ->
                close(open(suggest.id(), Sv1Method.SUGGEST_DIFFICULTY).number(suggest.difficulty()));
            case Sv1ClientMessage.SuggestTarget suggest ->
                close(open(suggest.id(), Sv1Method.SUGGEST_TARGET)
                        .string(suggest.target().hex()));
            case Sv1ClientMessage.ExtranonceSubscribe subscribe ->
                close(open(subscribe.id(), Sv1Method.EXTRANONCE_SUBSCRIBE));
            case Sv1ClientMessage.MultiVersion multi ->
                close(open(multi.id(), Sv1Method.MULTI_VERSION).number(multi.versions()));
            case Sv1ClientMessage.GetTransactions get ->
                close(open(get.id(), Sv1Method.GET_TRANSACTIONS).string(get.jobId()));
            case Sv1ClientMessage.Capabilities capabilities ->
                verbatim(capabilities.id(), Sv1Method.CAPABILITIES.wireName(), capabilities.params());
            case Sv1ClientMessage.Ping ping -> close(open(ping.id(), Sv1Method.PING));
            case Sv1ClientMessage.Unknown unknown -> verbatim(unknown.id(), unknown.method(), unknown.params());
            case Sv1ClientMessage.Malformed malformed -> throw notSendable(malformed);
            case Sv1Response response -> response(response);
        };
    }

    private static byte[] configure(Configure configure) {
        JsonWriter out = open(configure.id(), Sv1Method.CONFIGURE).ascii('[');
        boolean first = true;
        for (String extension : configure.extensions()) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            out.string(extension);
        }
        out.raw("],{");
        int start = out.size();
        if (configure.requests(Configure.VERSION_ROLLING)) {
            out.raw("\"version-rolling.mask\":").u32(configure.versionRollingMask());
            configure
                    .versionRollingMinBitCount()
                    .ifPresent(bits ->
                            out.raw(",\"version-rolling.min-bit-count\":").number(bits));
        }
        configure.minimumDifficulty().ifPresent(value -> {
            separate(out, start);
            out.raw("\"minimum-difficulty.value\":").number(value);
        });
        configure.info().forEach((name, value) -> {
            separate(out, start);
            out.string("info." + name).ascii(':').string(value);
        });
        return close(out.ascii('}'));
    }

    private static void separate(JsonWriter out, int start) {
        if (out.size() > start) {
            out.ascii(',');
        }
    }

    private static byte[] subscribe(Sv1ClientMessage.Subscribe subscribe) {
        JsonWriter out = open(subscribe.id(), Sv1Method.SUBSCRIBE);
        boolean hasMore =
                subscribe.session().isPresent() || !subscribe.further().isEmpty();
        if (!subscribe.userAgent().isEmpty() || hasMore) {
            out.string(subscribe.userAgent());
        }
        if (hasMore) {
            out.ascii(',');
            subscribe.session().ifPresentOrElse(out::string, () -> out.raw("null"));
        }
        for (String further : subscribe.further()) {
            out.ascii(',').string(further);
        }
        return close(out);
    }

    private static byte[] submit(Sv1ClientMessage.Submit submit) {
        JsonWriter out = open(submit.id(), Sv1Method.SUBMIT)
                .string(submit.worker())
                .ascii(',')
                .string(submit.jobId())
                .ascii(',')
                .hex(submit.extranonce2())
                .ascii(',')
                .u32(submit.ntime())
                .ascii(',')
                .u32(submit.nonce());
        if (submit.versionBits().isPresent()) {
            out.ascii(',').u32(submit.versionBits().getAsLong());
        }
        return close(out);
    }

    private static byte[] server(Sv1ServerMessage message) {
        return switch (message) {
            case Notify notify -> notify(notify);
            case Sv1ServerMessage.SetDifficulty set ->
                close(open(set.id(), Sv1Method.SET_DIFFICULTY).number(set.difficulty()));
            case Sv1ServerMessage.SetExtranonce set ->
                close(open(set.id(), Sv1Method.SET_EXTRANONCE)
                        .hex(set.extranonce1())
                        .ascii(',')
                        .number(set.extranonce2Size()));
            case Sv1ServerMessage.SetVersionMask set ->
                close(open(set.id(), Sv1Method.SET_VERSION_MASK).u32(set.mask()));
            case Sv1ServerMessage.Reconnect reconnect -> reconnect(reconnect);
            case Sv1ServerMessage.ShowMessage show ->
                close(open(show.id(), Sv1Method.SHOW_MESSAGE).string(show.text()));
            case Sv1ServerMessage.GetVersion get -> close(open(get.id(), Sv1Method.GET_VERSION));
            case Sv1ServerMessage.Ping ping -> close(open(ping.id(), Sv1Method.PING));
            case Sv1ServerMessage.Unknown unknown -> verbatim(unknown.id(), unknown.method(), unknown.params());
            case Sv1ServerMessage.Malformed malformed -> throw notSendable(malformed);
            case Sv1Response response -> response(response);
        };
    }

    private static byte[] notify(Notify notify) {
        int size = 2 * (notify.coinbase1().length() + notify.coinbase2().length())
                + 67 * notify.merkleBranch().size();
        JsonWriter out = open(new JsonWriter(SHORT_LINE + 160 + size), Sv1Id.NULL, Sv1Method.NOTIFY.wireName())
                .ascii('[')
                .string(notify.jobId())
                .ascii(',')
                .hex(Sv1PrevHash.swap(notify.prevHash()))
                .ascii(',')
                .hex(notify.coinbase1())
                .ascii(',')
                .hex(notify.coinbase2())
                .raw(",[");
        boolean first = true;
        for (Hash256 hash : notify.merkleBranch()) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            out.hex(hash);
        }
        return close(out.raw("],")
                .u32(notify.version())
                .ascii(',')
                .u32(notify.nbits())
                .ascii(',')
                .u32(notify.ntime())
                .raw(notify.cleanJobs() ? ",true" : ",false"));
    }

    private static byte[] reconnect(Sv1ServerMessage.Reconnect reconnect) {
        JsonWriter out = open(Sv1Id.NULL, Sv1Method.RECONNECT);
        // cpuminer takes host and port together or none at all.
        if (!reconnect.host().isEmpty()) {
            out.string(reconnect.host())
                    .ascii(',')
                    .number(reconnect.port())
                    .ascii(',')
                    .number(reconnect.waitSeconds());
        }
        return close(out);
    }

    private static JsonWriter open(Sv1Id id, Sv1Method method) {
        return open(new JsonWriter(SHORT_LINE), id, method.wireName()).ascii('[');
    }

    private static JsonWriter open(JsonWriter out, Sv1Id id, String method) {
        out.ascii('{');
        if (!id.json().isEmpty()) {
            out.raw("\"id\":").json(id.json()).ascii(',');
        }
        return out.raw("\"method\":").string(method).raw(",\"params\":");
    }

    private static byte[] close(JsonWriter out) {
        return out.raw("]}").toLine();
    }

    private static byte[] verbatim(Sv1Id id, String method, Bytes params) {
        JsonWriter out = open(new JsonWriter(SHORT_LINE), id, method);
        return (params.isEmpty() ? out.raw("[]") : out.json(params)).ascii('}').toLine();
    }

    private static void id(JsonWriter out, Sv1Id id) {
        out.json(id.json().isEmpty() ? Sv1Id.NULL.json() : id.json());
    }

    private static IllegalArgumentException notSendable(Sv1Message message) {
        return new IllegalArgumentException("what a peer got wrong is not sent on: " + message);
    }
}
