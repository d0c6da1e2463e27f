package sluice.protocol.sv2.message.common;

import sluice.protocol.sv2.message.Sv2Message;

/** A message of every sub-protocol: connection setup and its consequences (SV2 3.6). */
public sealed interface CommonMessage extends Sv2Message
        permits ChannelEndpointChanged, Reconnect, SetupConnection, SetupConnectionError, SetupConnectionSuccess {}
