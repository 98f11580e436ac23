---
ms : second
