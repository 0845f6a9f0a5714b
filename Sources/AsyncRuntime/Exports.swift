// SPDX-License-Identifier: Apache-2.0

// Who imports AsyncRuntime can name the addresses it listens on and connects to.
@_exported public import struct Kernel.SocketAddress
