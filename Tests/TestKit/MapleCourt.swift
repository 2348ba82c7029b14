/// 枫林苑: the small building that all tests share. Four units, five owners, one sale in mid-year,
/// one late payer, one household in hardship; dates are absolute.
public enum MapleCourt {
    public static let policy = """
        community: 枫林苑
        code: FL
        office:
          name: 枫林苑物业服务中心
          address: 示例市枫林路 100 号
          phone: 5550 0188
          email: office@example.com
          contact: 收费处
          bank: { name: 示例银行枫林支行, account: "0000 0000 0000 1234", holder: 枫林苑物业服务中心 }
        due_day: 15
        allocation: principal_first
        late_fee:
          rates:
            - { from: 2019-01-01, daily: 0.001 }

        """

    public static let files: [String: String] = [
        "policy.yaml": policy,
        "units.csv": """
            unit,building,kind,area,handover
            1-101,1,residence,100.00,
            1-102,1,residence,89.52,
            1-201,1,residence,100.00,
            P-001,P,parking,12.00,

            """,
        "owners.csv": """
            owner,name,phone,email,address,channels,language
            A01,安甲,55500101,a01@example.com,,email;mailbox,zh
            A02,白乙,55500102,,,mailbox;phone,zh
            A03,曹丙,55500103,a03@example.com,,email;hand,zh
            A04,Dora Example,55500104,a04@example.com,1 Sample Street,email;registered,en
            A05,邓戊,55500105,,,,zh

            """,
        "ownerships.csv": """
            unit,owner,from,to,daily_rate
            1-101,A01,2020-01-01,,
            1-102,A02,2020-01-01,2026-06-30,
            1-102,A03,2026-07-01,,
            1-102,A04,2026-07-01,,
            1-201,A05,2020-01-01,,
            P-001,A01,2020-01-01,,

            """,
        "fees.csv": """
            item,name,basis,price,cycle,kinds,from,to
            wy,物业服务费,area,2.8500,1,residence,2019-01-01,
            cw,车位服务费,fixed,60.0000,3,parking,2019-01-01,

            """,
        "charges.csv": """
            unit,item,period,amount,due
            1-101,wy,2026-09,285.00,2026-09-15
            1-101,wy,2026-10,285.00,2026-10-15
            1-102,wy,2026-05,255.13,2026-05-15
            1-102,wy,2026-10,255.13,2026-10-15
            1-201,wy,2026-09,285.00,2026-09-15
            1-201,wy,2026-10,285.00,2026-10-15

            """,
        "payments.csv": """
            reference,date,unit,owner,amount,method,payer,note
            B001,2026-09-10,1-101,,285.00,bank,安甲,
            B002,2026-10-31,1-101,,300.00,wechat,安甲,sixteen days late
            B003,2026-10-14,1-102,,255.13,bank,曹丙,

            """,
        "concessions.csv": """
            reference,unit,item,from,to,kind,value,reason,approved_by,review
            C001,1-201,wy,2026-09,2026-12,percent,50,低保户,manager,2026-12-31

            """,
        "holds.csv": """
            unit,reason,from,to,note
            1-201,hardship,2026-09-01,2026-12-31,

            """,
    ]
}
