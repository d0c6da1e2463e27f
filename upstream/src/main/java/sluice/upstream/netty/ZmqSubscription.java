package sluice.upstream.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The subscriber's side of ZMTP 3.0 with no security: greets, subscribes to one topic and hands on what is published. */
final class ZmqSubscription extends ByteToMessageDecoder {
    /** Of one frame; the longest that is wanted is a hash. */
    static final int MAX_FRAME_BYTES = 1024;
    /** Of one message; some publishers leave out the third. More are dropped. */
    static final int MAX_FRAMES = 4;

    private static final int GREETING_LENGTH = 64;
    private static final int MAJOR_VERSION_AT = 10;
    private static final int MECHANISM_AT = 12;
    private static final int MECHANISM_LENGTH = 20;
    private static final int LEAST_VERSION = 3;
    private static final byte[] GREETING =
            HexFormat.of().parseHex("ff00000000000000007f" + "0300" + "4e554c4c" + "00".repeat(48));
    /** Command READY with our Socket-Type SUB and an empty Identity. */
    private static final byte[] READY = HexFormat.of()
            .parseHex("0426" + "0552454144590b536f636b65742d5479706500000003535542084964656e7469747900000000");

    private static final int MORE = 1;
    private static final int LONG = 2;
    private static final int COMMAND = 4;
    private static final byte SUBSCRIBE = 1;

    private final String topic;
    private boolean greeted;
    private boolean subscribed;
    private List<byte[]> frames = new ArrayList<>();

    ZmqSubscription(String topic) {
        this.topic = topic;
    }

    /** The frames of a published message, topic first. */
    record Message(List<byte[]> frames) {}

    boolean isSubscribed() {
        return subscribed;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(GREETING));
        super.channelActive(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!greeted) {
            readGreeting(ctx, in);
            return;
        }
        in.markReaderIndex();
        if (!readFrame(ctx, in, out)) {
            in.resetReaderIndex();
        }
    }

    private void readGreeting(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.getUnsignedByte(in.readerIndex()) != 0xff) {
            throw new CorruptedFrameException("no ZMQ publisher answers there");
        }
        if (in.readableBytes() < GREETING_LENGTH) {
            return;
        }
        int start = in.readerIndex();
        String mechanism = in.toString(start + MECHANISM_AT, MECHANISM_LENGTH, StandardCharsets.US_ASCII)
                .replace("\0", "");
        if (in.getUnsignedByte(start + MAJOR_VERSION_AT) < LEAST_VERSION || !mechanism.equals("NULL")) {
            throw new CorruptedFrameException("the publisher speaks an old version of ZMQ or wants security");
        }
        in.skipBytes(GREETING_LENGTH);
        greeted = true;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(READY));
    }

    /** Whether there was a whole frame. */
    private boolean readFrame(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 2) {
            return false;
        }
        int flags = in.readUnsignedByte();
        boolean isLong = (flags & LONG) != 0;
        if (isLong && in.readableBytes() < Long.BYTES) {
            return false;
        }
        long length = isLong ? in.readLong() : in.readUnsignedByte();
        if (length < 0 || length > MAX_FRAME_BYTES) {
            throw new CorruptedFrameException("a frame of " + length + " bytes");
        }
        if (in.readableBytes() < length) {
            return false;
        }
        byte[] body = new byte[(int) length];
        in.readBytes(body);
        if ((flags & COMMAND) != 0) {
            onCommand(ctx);
            return true;
        }
        if (frames.size() < MAX_FRAMES) {
            frames.add(body);
        }
        if ((flags & MORE) == 0) {
            out.add(new Message(List.copyOf(frames)));
            frames = new ArrayList<>();
        }
        return true;
    }

    /** The first command is the publisher's READY; of others there is none to be answered in ZMTP 3.0. */
    private void onCommand(ChannelHandlerContext ctx) {
        if (!subscribed) {
            subscribed = true;
            byte[] name = topic.getBytes(StandardCharsets.US_ASCII);
            ByteBuf subscription = ctx.alloc().buffer(3 + name.length);
            subscription
                    .writeByte(0)
                    .writeByte(1 + name.length)
                    .writeByte(SUBSCRIBE)
                    .writeBytes(name);
            ctx.writeAndFlush(subscription);
        }
    }
}
