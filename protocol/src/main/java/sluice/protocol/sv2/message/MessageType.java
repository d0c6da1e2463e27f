package sluice.protocol.sv2.message;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import sluice.protocol.sv2.message.common.ChannelEndpointChanged;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactions;
import sluice.protocol.sv2.message.jobdeclaration.ProvideMissingTransactionsSuccess;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.OpenMiningChannelError;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannelSuccess;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobError;
import sluice.protocol.sv2.message.mining.SetCustomMiningJobSuccess;
import sluice.protocol.sv2.message.mining.SetExtranoncePrefix;
import sluice.protocol.sv2.message.mining.SetGroupChannel;
import sluice.protocol.sv2.message.mining.SetTarget;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.message.mining.UpdateChannelError;
import sluice.protocol.sv2.message.template.CoinbaseOutputConstraints;
import sluice.protocol.sv2.message.template.NewTemplate;
import sluice.protocol.sv2.message.template.RequestTransactionData;
import sluice.protocol.sv2.message.template.RequestTransactionDataError;
import sluice.protocol.sv2.message.template.RequestTransactionDataSuccess;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.protocol.sv2.wire.WireReader;

/**
 * The registry of every message (SV2 8; extension 0x0001). Extension 0x0002 defines no message: it adds a TLV
 * field. A row says what is sent; a receiver dispatches on extension and type and does not look at the channel bit,
 * which older peers set otherwise.
 */
public enum MessageType {
    SETUP_CONNECTION(SubProtocol.COMMON, 0x00, Scope.CONNECTION, Direction.TO_SERVER, SetupConnection::read),
    SETUP_CONNECTION_SUCCESS(
            SubProtocol.COMMON, 0x01, Scope.CONNECTION, Direction.TO_CLIENT, SetupConnectionSuccess::read),
    SETUP_CONNECTION_ERROR(SubProtocol.COMMON, 0x02, Scope.CONNECTION, Direction.TO_CLIENT, SetupConnectionError::read),
    CHANNEL_ENDPOINT_CHANGED(
            SubProtocol.COMMON, 0x03, Scope.CHANNEL, Direction.TO_CLIENT, ChannelEndpointChanged::read),
    RECONNECT(SubProtocol.COMMON, 0x04, Scope.CONNECTION, Direction.TO_CLIENT, Reconnect::read),
    OPEN_STANDARD_MINING_CHANNEL(
            SubProtocol.MINING, 0x10, Scope.CONNECTION, Direction.TO_SERVER, OpenStandardMiningChannel::read),
    OPEN_STANDARD_MINING_CHANNEL_SUCCESS(
            SubProtocol.MINING, 0x11, Scope.CONNECTION, Direction.TO_CLIENT, OpenStandardMiningChannelSuccess::read),
    OPEN_MINING_CHANNEL_ERROR(
            SubProtocol.MINING, 0x12, Scope.CONNECTION, Direction.TO_CLIENT, OpenMiningChannelError::read),
    OPEN_EXTENDED_MINING_CHANNEL(
            SubProtocol.MINING, 0x13, Scope.CONNECTION, Direction.TO_SERVER, OpenExtendedMiningChannel::read),
    OPEN_EXTENDED_MINING_CHANNEL_SUCCESS(
            SubProtocol.MINING, 0x14, Scope.CONNECTION, Direction.TO_CLIENT, OpenExtendedMiningChannelSuccess::read),
    NEW_MINING_JOB(SubProtocol.MINING, 0x15, Scope.CHANNEL, Direction.TO_CLIENT, NewMiningJob::read),
    UPDATE_CHANNEL(SubProtocol.MINING, 0x16, Scope.CHANNEL, Direction.TO_SERVER, UpdateChannel::read),
    UPDATE_CHANNEL_ERROR(SubProtocol.MINING, 0x17, Scope.CHANNEL, Direction.TO_CLIENT, UpdateChannelError::read),
    CLOSE_CHANNEL(SubProtocol.MINING, 0x18, Scope.CHANNEL, Direction.BOTH, CloseChannel::read),
    SET_EXTRANONCE_PREFIX(SubProtocol.MINING, 0x19, Scope.CHANNEL, Direction.TO_CLIENT, SetExtranoncePrefix::read),
    SUBMIT_SHARES_STANDARD(SubProtocol.MINING, 0x1a, Scope.CHANNEL, Direction.TO_SERVER, SubmitSharesStandard::read),
    SUBMIT_SHARES_EXTENDED(SubProtocol.MINING, 0x1b, Scope.CHANNEL, Direction.TO_SERVER, SubmitSharesExtended::read),
    SUBMIT_SHARES_SUCCESS(SubProtocol.MINING, 0x1c, Scope.CHANNEL, Direction.TO_CLIENT, SubmitSharesSuccess::read),
    SUBMIT_SHARES_ERROR(SubProtocol.MINING, 0x1d, Scope.CHANNEL, Direction.TO_CLIENT, SubmitSharesError::read),
    NEW_EXTENDED_MINING_JOB(SubProtocol.MINING, 0x1f, Scope.CHANNEL, Direction.TO_CLIENT, NewExtendedMiningJob::read),
    MINING_SET_NEW_PREV_HASH(
            SubProtocol.MINING,
            0x20,
            Scope.CHANNEL,
            Direction.TO_CLIENT,
            sluice.protocol.sv2.message.mining.SetNewPrevHash::read),
    SET_TARGET(SubProtocol.MINING, 0x21, Scope.CHANNEL, Direction.TO_CLIENT, SetTarget::read),
    SET_CUSTOM_MINING_JOB(SubProtocol.MINING, 0x22, Scope.CHANNEL, Direction.TO_SERVER, SetCustomMiningJob::read),
    SET_CUSTOM_MINING_JOB_SUCCESS(
            SubProtocol.MINING, 0x23, Scope.CHANNEL, Direction.TO_CLIENT, SetCustomMiningJobSuccess::read),
    SET_CUSTOM_MINING_JOB_ERROR(
            SubProtocol.MINING, 0x24, Scope.CHANNEL, Direction.TO_CLIENT, SetCustomMiningJobError::read),
    SET_GROUP_CHANNEL(SubProtocol.MINING, 0x25, Scope.CONNECTION, Direction.TO_CLIENT, SetGroupChannel::read),
    ALLOCATE_MINING_JOB_TOKEN(
            SubProtocol.JOB_DECLARATION, 0x50, Scope.CONNECTION, Direction.TO_SERVER, AllocateMiningJobToken::read),
    ALLOCATE_MINING_JOB_TOKEN_SUCCESS(
            SubProtocol.JOB_DECLARATION,
            0x51,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            AllocateMiningJobTokenSuccess::read),
    PROVIDE_MISSING_TRANSACTIONS(
            SubProtocol.JOB_DECLARATION, 0x55, Scope.CONNECTION, Direction.TO_CLIENT, ProvideMissingTransactions::read),
    PROVIDE_MISSING_TRANSACTIONS_SUCCESS(
            SubProtocol.JOB_DECLARATION,
            0x56,
            Scope.CONNECTION,
            Direction.TO_SERVER,
            ProvideMissingTransactionsSuccess::read),
    DECLARE_MINING_JOB(
            SubProtocol.JOB_DECLARATION, 0x57, Scope.CONNECTION, Direction.TO_SERVER, DeclareMiningJob::read),
    DECLARE_MINING_JOB_SUCCESS(
            SubProtocol.JOB_DECLARATION, 0x58, Scope.CONNECTION, Direction.TO_CLIENT, DeclareMiningJobSuccess::read),
    DECLARE_MINING_JOB_ERROR(
            SubProtocol.JOB_DECLARATION, 0x59, Scope.CONNECTION, Direction.TO_CLIENT, DeclareMiningJobError::read),
    PUSH_SOLUTION(SubProtocol.JOB_DECLARATION, 0x60, Scope.CONNECTION, Direction.TO_SERVER, PushSolution::read),
    COINBASE_OUTPUT_CONSTRAINTS(
            SubProtocol.TEMPLATE_DISTRIBUTION,
            0x70,
            Scope.CONNECTION,
            Direction.TO_SERVER,
            CoinbaseOutputConstraints::read),
    NEW_TEMPLATE(SubProtocol.TEMPLATE_DISTRIBUTION, 0x71, Scope.CONNECTION, Direction.TO_CLIENT, NewTemplate::read),
    TEMPLATE_SET_NEW_PREV_HASH(
            SubProtocol.TEMPLATE_DISTRIBUTION,
            0x72,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            sluice.protocol.sv2.message.template.SetNewPrevHash::read),
    REQUEST_TRANSACTION_DATA(
            SubProtocol.TEMPLATE_DISTRIBUTION,
            0x73,
            Scope.CONNECTION,
            Direction.TO_SERVER,
            RequestTransactionData::read),
    REQUEST_TRANSACTION_DATA_SUCCESS(
            SubProtocol.TEMPLATE_DISTRIBUTION,
            0x74,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            RequestTransactionDataSuccess::read),
    REQUEST_TRANSACTION_DATA_ERROR(
            SubProtocol.TEMPLATE_DISTRIBUTION,
            0x75,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            RequestTransactionDataError::read),
    SUBMIT_SOLUTION(
            SubProtocol.TEMPLATE_DISTRIBUTION, 0x76, Scope.CONNECTION, Direction.TO_SERVER, SubmitSolution::read),
    REQUEST_EXTENSIONS(
            SubProtocol.EXTENSIONS_NEGOTIATION, 0x00, Scope.CONNECTION, Direction.TO_SERVER, RequestExtensions::read),
    REQUEST_EXTENSIONS_SUCCESS(
            SubProtocol.EXTENSIONS_NEGOTIATION,
            0x01,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            RequestExtensionsSuccess::read),
    REQUEST_EXTENSIONS_ERROR(
            SubProtocol.EXTENSIONS_NEGOTIATION,
            0x02,
            Scope.CONNECTION,
            Direction.TO_CLIENT,
            RequestExtensionsError::read);

    private static final int TYPES = 256;
    private static final List<List<Optional<MessageType>>> BY_EXTENSION = table();

    private final SubProtocol subProtocol;
    private final int code;
    private final boolean channelMessage;
    private final Direction direction;
    private final Function<WireReader, ? extends Sv2Message> decoder;

    MessageType(
            SubProtocol subProtocol,
            int code,
            Scope scope,
            Direction direction,
            Function<WireReader, ? extends Sv2Message> decoder) {
        this.subProtocol = subProtocol;
        this.code = code;
        this.channelMessage = scope == Scope.CHANNEL;
        this.direction = direction;
        this.decoder = decoder;
    }

    /**
     * The message with this extension id (without the channel bit) and type byte; empty if there is none. Allocates
     * nothing.
     */
    public static Optional<MessageType> of(int extensionType, int code) {
        if (extensionType < 0 || extensionType >= BY_EXTENSION.size() || code < 0 || code >= TYPES) {
            return Optional.empty();
        }
        return BY_EXTENSION.get(extensionType).get(code);
    }

    public SubProtocol subProtocol() {
        return subProtocol;
    }

    /** The extension_type of its frames, without the channel bit. */
    public int extensionType() {
        return subProtocol.extensionType();
    }

    /** The msg_type of its frames, U8. */
    public int code() {
        return code;
    }

    /** Whether its frames are sent with the channel bit and a channel id first. */
    public boolean channelMessage() {
        return channelMessage;
    }

    public Direction direction() {
        return direction;
    }

    /** Reads a payload of this type. Throws ProtocolViolation if it does not hold all fields. */
    public Sv2Message read(WireReader reader) {
        return decoder.apply(reader);
    }

    private static List<List<Optional<MessageType>>> table() {
        List<List<Optional<MessageType>>> table = new ArrayList<>();
        for (MessageType type : values()) {
            while (table.size() <= type.extensionType()) {
                table.add(new ArrayList<>(Collections.nCopies(TYPES, Optional.empty())));
            }
            Optional<MessageType> taken = table.get(type.extensionType()).set(type.code, Optional.of(type));
            if (taken.isPresent()) {
                throw new IllegalStateException(type + " has the number of " + taken.get());
            }
        }
        return table.stream().map(List::copyOf).toList();
    }

    /** The specification's groups of messages. */
    public enum SubProtocol {
        /** On every connection (SV2 3.6). */
        COMMON(0x0000),
        MINING(0x0000),
        JOB_DECLARATION(0x0000),
        TEMPLATE_DISTRIBUTION(0x0000),
        /** On every connection, behind SetupConnection.Success (extension 0x0001). */
        EXTENSIONS_NEGOTIATION(0x0001);

        private final int extensionType;

        SubProtocol(int extensionType) {
            this.extensionType = extensionType;
        }

        public int extensionType() {
            return extensionType;
        }
    }

    /** Who may send a message. The client is the side that opened the connection. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT,
        BOTH;

        public boolean allowsToServer() {
            return this != TO_CLIENT;
        }

        public boolean allowsToClient() {
            return this != TO_SERVER;
        }
    }

    private enum Scope {
        CHANNEL,
        CONNECTION
    }
}
