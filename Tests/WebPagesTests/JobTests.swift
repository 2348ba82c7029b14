import Office
import Primitives
import Synchronization
import TestKit
import Testing
import WebPages

@Suite struct `Long work of the server` {
}
