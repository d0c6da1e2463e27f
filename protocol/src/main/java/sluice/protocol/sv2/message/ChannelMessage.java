package sluice.protocol.sv2.message;

/** A message that belongs to one channel or group: its frames carry the channel bit (SV2 3.2.1). */
public interface ChannelMessage extends Sv2Message {
    /** U32, the first field of the payload; a group's id where the message may address a group. */
    long channelId();
}
