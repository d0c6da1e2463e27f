package sluice.proxy.coinbase;

import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Address;
import sluice.protocol.bitcoin.Network;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.proxy.coinbase.OutputsRefusal.Reason;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.CoinbaseSplit;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateLimits;

/** Whether what a coinbase provider answers can be paid by a coinbase. */
final class OutputsJudge {
    static final int MAX_OUTPUTS = 500;
    /** Of a script without value: what a node relays. */
    static final int MAX_OP_RETURN_BYTES = 83;

    private static final int OP_RETURN = 0x6a;
    /** Whoever makes the coinbase may add an output of this size, and has an extranonce of this length at most. */
    private static final Bytes LONGEST_OWN_SCRIPT = Script.p2wsh(Bytes.zeros(32));

    private static final int LONGEST_EXTRANONCE = 32;

    private OutputsJudge() {}

    /** Thrown within this package by what cannot be paid. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient OutputsRefusal refusal;

        Refused(Reason reason, String detail) {
            super(detail, null, false, false);
            refusal = new OutputsRefusal(reason, detail);
        }

        OutputsRefusal refusal() {
            return refusal;
        }
    }

    /** The split of {@code template} that {@code answer} asks for. */
    static CoinbaseSplit judge(OutputsAnswer answer, Template template, ProviderTerms terms) throws Refused {
        if (answer.outputs().isEmpty()) {
            throw new Refused(Reason.NO_OUTPUTS, "nobody would be paid");
        }
        if (answer.outputs().size() > MAX_OUTPUTS) {
            throw new Refused(
                    Reason.TOO_MANY_OUTPUTS,
                    "there are " + answer.outputs().size() + " outputs, and " + MAX_OUTPUTS + " are the most");
        }
        List<TxOut> outputs = new ArrayList<>(answer.outputs().size());
        long sum = 0;
        for (OutputsAnswer.Output output : answer.outputs()) {
            TxOut paid = output(output, "outputs[" + outputs.size() + "]");
            outputs.add(paid);
            sum += paid.value();
        }
        long value = template.coinbase().value();
        if (sum > value) {
            throw new Refused(Reason.SUM_ABOVE_REWARD, "the outputs pay " + sum + " satoshis, and there are " + value);
        }
        requireRoom(outputs, terms.room());
        CoinbaseSplit split = new CoinbaseSplit(outputs, terms.tag());
        requireFit(split, template);
        return split;
    }

    private static TxOut output(OutputsAnswer.Output output, String place) throws Refused {
        Bytes script;
        try {
            script = Bytes.fromHex(output.script());
        } catch (IllegalArgumentException malformed) {
            throw new Refused(Reason.MALFORMED_SCRIPT, place + ".script is no even number of hexadecimal digits");
        }
        if (script.isEmpty()) {
            throw new Refused(Reason.MALFORMED_SCRIPT, place + ".script is empty: anyone could take it");
        }
        if (output.value() < 0 || output.value() > TxOut.MAX_MONEY) {
            throw new Refused(Reason.BAD_OUTPUT_VALUE, place + ".value is not from 0 to " + TxOut.MAX_MONEY);
        }
        boolean carriesOnly = (script.at(0) & 0xff) == OP_RETURN;
        if (carriesOnly
                ? !isNote(script)
                : Address.ofScript(script, Network.MAINNET).isEmpty()) {
            throw new Refused(
                    Reason.NON_STANDARD_SCRIPT,
                    place + ".script is that of no address, and no note of at most " + MAX_OP_RETURN_BYTES + " bytes");
        }
        if (carriesOnly == output.value() > 0) {
            throw new Refused(
                    Reason.BAD_OUTPUT_VALUE,
                    place + ".value " + (carriesOnly ? "would be burnt: a note has none" : "is 0, which pays nobody"));
        }
        return new TxOut(output.value(), script);
    }

    /** A second commitment would take the place of the template's. */
    private static boolean isNote(Bytes script) {
        return script.length() <= MAX_OP_RETURN_BYTES && !script.startsWith(WitnessCommitment.SCRIPT_PREFIX);
    }

    private static void requireRoom(List<TxOut> outputs, CoinbaseReserve room) throws Refused {
        CoinbaseReserve needed = CoinbaseReserve.of(outputs);
        if (needed.bytes() > room.bytes()) {
            throw new Refused(
                    Reason.TOO_MANY_BYTES,
                    "the outputs have " + needed.bytes() + " bytes, and " + room.bytes()
                            + " were asked for as max_output_bytes");
        }
        if (needed.sigops() > room.sigops()) {
            throw new Refused(
                    Reason.TOO_MANY_SIGOPS,
                    "the outputs cost " + needed.sigops() + " signature operations, and " + room.sigops()
                            + " were asked for as max_sigops");
        }
    }

    private static void requireFit(CoinbaseSplit split, Template template) throws Refused {
        List<TxOut> all = new ArrayList<>(split.outputs());
        all.add(new TxOut(0, LONGEST_OWN_SCRIPT));
        int room = template.coinbase().roomForTag(LONGEST_EXTRANONCE);
        var fault = TemplateLimits.fault(
                template,
                template.coinbase().paying(all, split.tagBefore(Bytes.zeros(room), room), LONGEST_EXTRANONCE),
                all);
        if (fault.isPresent()) {
            throw new Refused(Reason.NO_ROOM, "the template has no room for the outputs: " + fault.get());
        }
    }
}
